// Jest transform: Node's own type stripping. Types become spaces, so lines, columns and coverage are those of the source.
import { createHash } from 'node:crypto';
import { stripTypeScriptTypes } from 'node:module';

/** Part of every cache key: raise it when this file changes, or old output is served. */
const REVISION = '1';

export default {
  process: (source, path) => ({
    code: path.endsWith('.ts') ? stripTypeScriptTypes(source, { mode: 'strip' }) : source,
  }),
  getCacheKey: (source, path, { instrument }) =>
    createHash('sha1')
      .update(`${REVISION}\0${process.version}\0${path}\0${instrument}\0`)
      .update(source)
      .digest('hex'),
};
