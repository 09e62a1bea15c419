// Cases of a test, reported in TAP, which Meson reads.

const cases = [];
export const test = (name, work) => cases.push({ name, work });

export async function main() {
  let failed = 0;
  console.log(`1..${cases.length}`);
  for (const [i, { name, work }] of cases.entries()) {
    try {
      await work();
      console.log(`ok ${i + 1} - ${name}`);
    } catch (error) {
      failed++;
      console.log(`not ok ${i + 1} - ${name}`);
      for (const line of String(error.stack ?? error).split('\n')) console.log(`# ${line}`);
    }
  }
  process.exitCode = failed ? 1 : 0;
}
