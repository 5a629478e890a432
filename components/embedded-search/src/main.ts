import { runComponent } from "@sidecart/pluggable/process";
import { embeddedSearch } from "./binding.ts";

await runComponent(embeddedSearch);
