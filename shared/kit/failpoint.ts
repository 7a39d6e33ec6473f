/**
 * Marks a place where an experiment can make the process die as by kill -9: `PILOTLINE_FAILPOINT=<name>` at the first
 * passing, `<name>:<n>` at the n-th. Read once, when a process starts; without it, a call to an empty function.
 */
export const failpoint: (name: string) => void = armed(process.env.PILOTLINE_FAILPOINT);

function armed(asked: string | undefined): (name: string) => void {
  if (!asked) return () => {};
  const [wanted, passing = "1"] = asked.split(":");
  let left = Number(passing);
  return (name) => {
    if (name !== wanted) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, "SIGKILL");
  };
}
