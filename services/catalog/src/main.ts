import { run } from "@sidecart/platform/run";
import { catalog } from "../service.ts";
import { wire } from "./app.ts";

await run({ service: catalog, wire });
