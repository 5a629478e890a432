export const options = `  --only NAME      one of the images; once for each; all of them
  --out FOLDER     where the folders <image>/packages and <image>/sources go; dist/images
  --registry HOST  in front of the images' names; none
  --tag TAG        behind them; dev
  --cpu CPU        of the machines that will run them: x64 or arm64; this one's
  --each COMMAND   a shell command for each image, which finds in its environment IMAGE, BASE (node: Node 24 on Debian;
                   debian; none), PACKAGES and SOURCES (folders for the image's root, in this order), ENTRYPOINT and CMD
                   (JSON), RUN_AS and WORKDIR
  --help
`;
