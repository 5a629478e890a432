import { run } from "@sidecart/platform/run";
import { orders } from "../service.ts";
import { wire } from "./app.ts";

await run({ service: orders, wire });
