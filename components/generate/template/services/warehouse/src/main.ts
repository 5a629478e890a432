import { run } from "@sidecart/platform/run";
import { warehouse } from "../service.ts";
import { wire } from "./app.ts";

await run({ service: warehouse, wire });
