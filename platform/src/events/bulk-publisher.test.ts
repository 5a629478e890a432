import t from "tap";
import { newId } from "../ids.ts";
import { bulksOf } from "./bulk-publisher.ts";
import { messagesOf } from "./messages.ts";

t.test("messages are split into calls that a sidecar accepts", async (t) => {
  const event = (bytes: number) => ({ id: newId(), event: new Uint8Array(bytes) });
  const sizes = (bytes: number[]) =>
    bulksOf(messagesOf(bytes.map(event))).map((bulk) => bulk.map((one) => one.body.length));
  const half = 512 * 1024;
  t.same(sizes([]), []);
  t.same(sizes([half, half, 1]), [[half, half], [1]]);
  t.same(sizes([1, 3 * half, 2]), [[1], [3 * half], [2]], "a large message has its own call");
});
