export const options = `  --only NAME      one image; repeat it for each; default: all images
  --out FOLDER     the folder for <image>/packages and <image>/sources; default: dist/images
  --registry HOST  registry of the images' names; default: none
  --tag TAG        tag of the images' names; default: dev
  --cpu CPU        the target platform: x64 or arm64; default: that of this machine
  --each COMMAND   a shell command to run for each image. Its environment has IMAGE, BASE (node: Node 24 on Debian;
                   debian; none), PACKAGES and SOURCES (folders for the image's root, in this order), ENTRYPOINT and CMD
                   (JSON), RUN_AS and WORKDIR
  --help
`;
