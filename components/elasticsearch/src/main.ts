import { runBinding } from "@sidecart/pluggable/process";
import { elasticsearch } from "./binding.ts";

await runBinding(elasticsearch);
