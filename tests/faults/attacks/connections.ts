import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** `run` holds its connections while `meanwhile` runs, and returns what went wrong. */
type ConnectionAttack = { name: string; run(meanwhile: () => Promise<unknown>): Promise<string[]> };

const post = (length: number, more = "") =>
  `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${more}\r\n`;
const body = JSON.stringify({ query: "{ products(first: 200) { nodes { imageUrl description } } }" });

/** Attacks by what connections do: they hold, flood, or say one thing and send another. */
export function connectionAttacks(gatewayUrl: string): ConnectionAttack[] {
  const { hostname, port } = new URL(gatewayUrl);
  const open = async (): Promise<Socket> => {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  };
  /** Opens connections, sends a text on each, and holds them. None may bring a failure of ours. */
  const hold = (name: string, count: number, text: string, options: { reads: boolean }): ConnectionAttack => ({
    name,
    async run(meanwhile) {
      const sockets = await Promise.all(Array.from({ length: count }, open));
      const failures: string[] = [];
      for (const socket of sockets) {
        if (options.reads) socket.on("data", (data) => failures.push(...failureIn(data.toString("latin1"))));
        socket.write(text);
      }
      await meanwhile();
      for (const socket of sockets) socket.destroy();
      return failures;
    },
  });
  return [
    hold("300 idle connections", 300, "", { reads: true }),
    hold("200 requests of half a header", 200, "POST /graphql HTTP/1.1\r\nhost: a\r\nx-", { reads: true }),
    hold("200 bodies that never come", 200, post(1_000), { reads: true }),
    hold("200 bodies that stop", 200, `${post(100_000)}{"query":"`, { reads: true }),
    hold("50 readers of large responses who do not read", 50, (post(body.length) + body).repeat(3), { reads: false }),
    hold("200 requests on one connection", 4, (post(body.length) + body).repeat(50), { reads: true }),
    hold("two lengths", 20, post(5, "content-length: 6\r\n"), { reads: true }),
    hold("a length and chunks", 20, `${post(5, "transfer-encoding: chunked\r\n")}0\r\n\r\n`, { reads: true }),
    hold(
      "chunks without end",
      50,
      `POST /graphql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${"1\r\na\r\n".repeat(2_000)}`,
      { reads: true },
    ),
    hold("an upgrade", 20, "GET /graphql HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", {
      reads: true,
    }),
    hold("no HTTP", 20, "\u0016\u0003\u0001\u0002\u0000", { reads: true }),
  ];
}

const failureIn = (text: string): string[] =>
  [...text.matchAll(/HTTP\/1\.1 (5\d\d)/g)].map(([, status]) => status ?? "").filter((status) => status !== "503");
