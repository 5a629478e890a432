import { options } from "./pack.help.mjs";

export const help = () => `Assembles what the images hold, without Docker: the same files that the Dockerfile takes.

npm run images -- [--only NAME]… [--out FOLDER] [--registry HOST] [--tag TAG] [--each COMMAND]

${options}`;
