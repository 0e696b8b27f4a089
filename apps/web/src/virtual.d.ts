/** Modules that the build makes. */
declare module "virtual:emoji/*" {
  /** Sign, name, keywords, group. */
  const rows: [string, string, string, number][];
  export default rows;
}
