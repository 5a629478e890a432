import { runComponent } from "@sidecart/pluggable/process";
import { elasticsearch } from "./binding.ts";

await runComponent(elasticsearch);
