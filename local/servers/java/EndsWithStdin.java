import java.io.InputStream;
import java.util.Arrays;

/** Runs the class named first, and exits when stdin closes, so that a server does not outlive its parent process. */
public final class EndsWithStdin {
  public static void main(String[] args) throws Exception {
    InputStream stdin = System.in;
    Thread watch =
        new Thread(
            () -> {
              try {
                while (stdin.read() >= 0) {}
              } catch (Exception closed) {
                // treat an error like the end of stdin
              }
              System.exit(0);
            },
            "stdin");
    watch.setDaemon(true);
    watch.start();
    Object rest = Arrays.copyOfRange(args, 1, args.length);
    Class.forName(args[0]).getMethod("main", String[].class).invoke(null, rest);
  }
}
