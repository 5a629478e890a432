import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One node for tests and local runs. Security is off. It listens on loopback unless -Dsidecart.host is set. SIGTERM stops it.
 */
public final class ElasticsearchNode {
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    Path data = Path.of(args[1]);
    Settings settings = settings(home, data, args[2]);
    LogConfigurator.registerErrorListener();
    LogConfigurator.configureWithoutConfig(settings);
    LogConfigurator.configureESLogging();

    PluginsLoader plugins =
        PluginsLoader.createPluginsLoader(
            PluginsLoader.loadModulesBundles(home.resolve("modules"), true), Set.of(), Map.of(), false);
    Node node = new Node(new Environment(settings, data.resolve("config")), plugins);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node, stopped)));
    node.start();
    stopped.await();
  }

  private static Settings settings(Path home, Path data, String httpPort) {
    return Settings.builder()
        .put("path.home", home.toString())
        .put("path.data", data.resolve("data").toString())
        .put("path.logs", data.resolve("logs").toString())
        .put("cluster.name", "sidecart")
        .put("node.name", "local")
        .put("network.host", System.getProperty("sidecart.host", "127.0.0.1"))
        .put("http.port", httpPort)
        .put("transport.port", "0")
        .put("discovery.type", "single-node")
        // Otherwise a full disk would make the indices read-only.
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .build();
  }

  private static void close(Node node, CountDownLatch stopped) {
    try {
      node.prepareForClose();
      node.close();
      node.awaitClose(20, TimeUnit.SECONDS);
    } catch (Exception error) {
      error.printStackTrace();
    } finally {
      stopped.countDown();
    }
  }
}
