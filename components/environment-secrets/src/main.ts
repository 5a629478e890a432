import { runComponent } from "@sidecart/pluggable/process";
import { environmentSecrets } from "./store.ts";

await runComponent(environmentSecrets);
