// A vitest reporter that writes how many tests passed, failed and were skipped, layer by layer, for scripts/test.mjs.
import { writeFileSync } from 'node:fs';

function count(module, tally) {
  const layer = (tally.layers[module.project.name] ??= { passed: 0, failed: 0, skipped: 0 });
  const before = layer.failed;
  for (const test of module.children.allTests()) {
    const { state, note } = test.result();
    if (state === 'passed' || state === 'failed') layer[state]++;
    else if (!brokenAround(test)) {
      layer.skipped++;
      tally.skips.push(`${module.relativeModuleId}: ${test.fullName}${note ? ` (${note})` : ''}`);
    }
  }
  // A file that can't be loaded, or whose hooks fail, has no failed test to show for it.
  if (!module.ok() && layer.failed === before) layer.failed++;
}

/** Not run because a hook of its suite or file failed, which is counted already. */
function brokenAround(test) {
  for (let around = test.parent; around !== undefined; around = around.parent) {
    if (around.errors().length > 0) return true;
  }
  return false;
}

export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { layers: {}, skips: [], unhandled: unhandledErrors.length };
    for (const module of modules) count(module, tally);
    writeFileSync(process.env.MAGPIE_TALLY, JSON.stringify(tally));
  }
}
