import t from "tap";
import { eventSuite } from "./suite.ts";

await eventSuite(t, "jetstream");
