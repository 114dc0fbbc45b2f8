/** package.json (or pnpm-workspace.yaml beside it): the members of its workspaces, or the package itself. */
import path from 'node:path';
import { baseOf, type ImportContext } from './context.js';
import type { SystemDraft } from './draft.js';
import { type PackageOptions, servicesOfPackages } from './package-system.js';
import { membersOf, packageOf, readPackage } from './packages.js';

export async function readPackageJson(context: ImportContext, options: PackageOptions): Promise<SystemDraft> {
  const { source, report, around } = context;
  const isManifest = path.basename(source.file) === 'package.json';
  const root = isManifest ? packageOf(source, report, around) : readPackage(baseOf(context), around, report);
  if (!root) {
    report.error(
      'no-services',
      `${isManifest ? source.file : path.join(baseOf(context), 'package.json')} can't be read`,
    );
    return { services: [] };
  }
  const members = membersOf(root, around, report);
  if (root.workspaces && members.length === 0)
    report.warn('import-left-out', `no package matches the workspaces ${root.workspaces.join(', ')}`);
  const services = await servicesOfPackages(members.length > 0 ? members : [root], options);
  if (services.every(({ leftOut }) => leftOut !== undefined))
    report.error('no-services', `${source.file} has nothing that fuge could run`, undefined, {
      hint: services[0]?.leftOut ?? 'a package needs a "start" or "dev" script',
    });
  return { services };
}
