import type { Messages } from "./messages.zh.ts";

export const setupEn: Messages["setup"] = {
  title: "First steps",
  intro: (done, all) => `${done} of ${all} done. The page follows by itself; come back whenever you like.`,
  start: "This installation is new; a few steps are left.",
  open: "Show the first steps",
  done: "done",
  todo: "to do",
  optional: "optional",
  by: "How",
  password: {
    title: "Change the initial passwords",
    done: "Nobody uses a password that the system made.",
    todo: (names) => `Passwords made by the system are still used by: ${names}.`,
    how: "Each user does so in the menu at the top right.",
  },
  people: {
    title: "Give everybody an account",
    is: (admin, safety, engineer, viewer) =>
      `Administrators ${admin}, safety officers ${safety}, engineers ${engineer}, viewers ${viewer}.`,
    how: "What one person declares another one verifies, so two administrators are needed; taking an alarm out of service is for a safety officer.",
    link: "Users and audit",
  },
  plant: {
    title: "Describe your own lines",
    is: (file, lines, devices, tags) => `${file}: lines ${lines}, devices ${devices}, tags ${tags}.`,
    todo: "This is the example model; its data come from simulators.",
    how: "Write a plant.yaml of your own, check it, and start with it:",
    link: "Plant model",
  },
  devices: {
    title: "Connect all devices",
    is: (connected, all) => `${connected} of ${all} connected.`,
    how: "The system page names each that is not, with its last error.",
    link: "Chain",
  },
  notification: {
    title: "Have somebody told of alarms",
    done: (people) => `People or groups that can be told: ${people}.`,
    todo: "Alarms are on the pages only; nobody is told.",
    how: "Fill in notification in plant.yaml, then try it:",
  },
  watch: {
    title: "Have this system watched",
    done: "A watch elsewhere raises its alarm when this server stops.",
    todo: "When the whole machine fails, nobody knows.",
    how: "Give the pages' server the address of a watch elsewhere (PILOTLINE_DEAD_MAN_URL).",
  },
  reach: {
    title: "Reach the pages from other machines",
    done: "The pages are served over TLS.",
    todo: "The pages can be seen on this machine only.",
    how: "Listen on a network address with a certificate, or behind a proxy that has one; see deploy/README.md.",
  },
  backup: {
    title: "Back up",
    todo: "Nobody here can know whether there is a backup: put this command into a schedule, and try a restore once.",
  },
};
