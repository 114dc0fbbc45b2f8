// .dockerignore files and their patterns.
import { compileIgnore, readIgnoreFile } from '../../../dist/dockerignore.js';
import { takeFrom } from '../cases.js';

export const ignore_patterns = {
  run: one =>
    one.file === undefined
      ? takeFrom(compileIgnore(one.patterns), 'patterns').excludes(one.path)
      : readIgnoreFile(one.file),
  expected: one => one.expected_patterns ?? one.expected,
};
