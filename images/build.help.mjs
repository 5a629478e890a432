import { options } from "./pack.help.mjs";

export const help = () => `Assembles the contents of the images without Docker: the same files as the Dockerfile.

npm run images -- [--only NAME]… [--out FOLDER] [--registry HOST] [--tag TAG] [--each COMMAND]

${options}`;
