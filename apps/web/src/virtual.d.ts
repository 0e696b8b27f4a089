/** Modules that the build makes. */
declare module "virtual:emoji/*" {
  const rows: import("./features/conversations/emojis").EmojiRow[];
  export default rows;
}
