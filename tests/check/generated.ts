import { differences, filesOf } from "@sidecart/generate/files";
import { problemsOf } from "@sidecart/generate/problems";
import { readProject, readText } from "@sidecart/generate/project";

/** Whether all that follows from the services' declarations is as they say: one line for each file, or for each mistake. */
export async function generatedProblems(): Promise<string | undefined> {
  const project = await readProject();
  const problems = problemsOf(project);
  const wrong = problems.length > 0 ? problems : differences(await filesOf(project), readText);
  return wrong.length > 0 ? wrong.join("\n") : undefined;
}
