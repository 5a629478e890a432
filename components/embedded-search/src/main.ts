import { runBinding } from "@sidecart/pluggable/process";
import { embeddedSearch } from "./binding.ts";

await runBinding(embeddedSearch);
