import { run } from "@sidecart/platform/run";
import { accounts } from "../service.ts";
import { wire } from "./app.ts";

await run({ service: accounts, wire });
