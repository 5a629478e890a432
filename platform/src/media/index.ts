export { type Media, maxMediaBytes, media } from "./media.ts";
