import java.io.InputStream;
import java.util.Arrays;

/** Runs the class named first, and ends the program with its stdin: a server does not outlive whoever started it. */
public final class EndsWithStdin {
  public static void main(String[] args) throws Exception {
    InputStream stdin = System.in;
    Thread watch =
        new Thread(
            () -> {
              try {
                while (stdin.read() >= 0) {}
              } catch (Exception closed) {
                // as good as its end
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
