/** The path of a request as people read it; as it stands where it is not well encoded. */
export function decodePath(path) {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
