/** Lets Node find modules where the server serves them: /static/formdefs/ is formdefs/browser/. */

export function resolve(specifier, context, next) {
  const found = /^\.\.\/formdefs\/(.+)$/.exec(specifier);
  const url = found && new URL(`../../formdefs/browser/${found[1]}`, import.meta.url).href;
  return next(url ?? specifier, context);
}
