import type { SetupAnswer } from "../../api/setupApi.ts";
import type { Messages } from "../../text/messages.zh.ts";

export interface SetupStep {
  readonly id: string;
  readonly title: string;
  /** `unknown`: nobody here can tell. */
  readonly state: "done" | "todo" | "optional" | "unknown";
  readonly is: string;
  readonly how: string;
  readonly command?: string;
  readonly link?: { readonly title: string; readonly to: { name: string; query?: Record<string, string> } };
}

/** Four eyes need two. */
const leastAdmins = 2;
const exampleModel = "plant.example.yaml";
const pilotline = "npm run pilotline --";

/** What is to be done after installation, from what the server knows of itself. */
export function setupSteps(facts: SetupAnswer, words: Messages["setup"]): readonly SetupStep[] {
  const { plant, users, initialPasswords, devicesConnected, people } = facts;
  const isExample = plant.file === exampleModel;
  const model = words.plant.is(plant.file, plant.lines, plant.devices, plant.tags);
  const state = (isDone: boolean): SetupStep["state"] => (isDone ? "done" : "todo");
  return [
    {
      id: "password",
      title: words.password.title,
      state: state(initialPasswords.length === 0),
      is: initialPasswords.length === 0 ? words.password.done : words.password.todo(initialPasswords.join("、")),
      how: words.password.how,
    },
    {
      id: "people",
      title: words.people.title,
      state: state(users.admin >= leastAdmins && users.safety > 0),
      is: words.people.is(users.admin, users.safety, users.engineer, users.viewer),
      how: words.people.how,
      link: { title: words.people.link, to: { name: "users" } },
    },
    {
      id: "plant",
      title: words.plant.title,
      state: state(!isExample),
      is: isExample ? `${model} ${words.plant.todo}` : model,
      how: words.plant.how,
      command: `${pilotline} check my-plant.yaml\n${pilotline} demo --plant my-plant.yaml --no-simulators`,
      link: { title: words.plant.link, to: { name: "system", query: { section: "model" } } },
    },
    {
      id: "devices",
      title: words.devices.title,
      state: state(plant.devices > 0 && devicesConnected === plant.devices),
      is: words.devices.is(devicesConnected, plant.devices),
      how: words.devices.how,
      link: { title: words.devices.link, to: { name: "system" } },
    },
    {
      id: "notification",
      title: words.notification.title,
      state: state(people > 0),
      is: people > 0 ? words.notification.done(people) : words.notification.todo,
      how: words.notification.how,
      command: `${pilotline} notify test --channel <id>`,
    },
    {
      id: "watch",
      title: words.watch.title,
      state: state(facts.isWatched),
      is: facts.isWatched ? words.watch.done : words.watch.todo,
      how: words.watch.how,
    },
    {
      id: "reach",
      title: words.reach.title,
      state: facts.isReachable ? "done" : "optional",
      is: facts.isReachable ? words.reach.done : words.reach.todo,
      how: words.reach.how,
    },
    {
      id: "backup",
      title: words.backup.title,
      state: "unknown",
      is: words.backup.todo,
      how: "",
      command: `${pilotline} store backup --to <folder>`,
    },
  ];
}
