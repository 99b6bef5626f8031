/** Which fields to read, level by level: those below a name, or null for all of it. */
export type Paths = ReadonlyMap<string, Paths | null>;

/** Paths as a tree; one that leads to all of a field covers those that lead into it. */
export function pathTree(paths: Iterable<readonly string[]>): Paths {
  type Branch = Map<string, Branch | null>;
  const root: Branch = new Map();
  for (const path of paths) {
    let branch: Branch | null = root;
    for (const [i, name] of path.entries()) {
      const below: Branch | null | undefined = branch.get(name);
      const next: Branch | null = i === path.length - 1 || below === null ? null : (below ?? new Map());
      branch.set(name, next);
      if (!next) break;
      branch = next;
    }
  }
  return root;
}
