import { people, samplePassword, samplePasswordUnder } from "../seed/people.ts";
import { seed } from "../seed/seed.ts";
import { StartError } from "../start-error.ts";
import { gatewayAndAdmin } from "./api.ts";
import { runCommandLine } from "./command-line.ts";
import { help } from "./seed.help.mjs";

await runCommandLine(help(), async ({ instance, words: [surplus] }) => {
  if (surplus !== undefined) throw new StartError(`${surplus}: this command accepts no arguments (--help)`);
  const { gateway, admin } = gatewayAndAdmin(instance);
  const published = admin.password === samplePassword;
  const password = published ? samplePassword : samplePasswordUnder(admin.password);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  const made = await seed(gateway, interrupted.signal, { admin, password });
  process.stdout.write(made ? `created the sample data in ${gateway}\n` : `${gateway} has the sample data already\n`);
  for (const { role, email, shown } of people.slice(1)) {
    if (shown) process.stdout.write(`  ${role.padEnd(10)} ${email.padEnd(24)} ${password}\n`);
  }
});
