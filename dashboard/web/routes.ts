import { createRouter, createWebHistory, type Router } from "vue-router";
import type { SessionStore } from "./api/session.ts";
import { kioskModeOf } from "./kiosk/kioskMode.ts";

declare module "vue-router" {
  interface RouteMeta {
    /** ISA-101 display level: 1 all lines, 2 one line, 3 detail, 4 diagnostics. */
    level?: 1 | 2 | 3 | 4;
    /** Reachable without a session. */
    open?: boolean;
  }
}

/** The pages. Each loads when it is first opened; who has no session is sent to the login and then back. */
export function createRoutes(session: SessionStore): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: "/login", name: "login", component: () => import("./pages/login/LoginPage.vue"), meta: { open: true } },
      { path: "/", name: "overview", component: () => import("./pages/overview/OverviewPage.vue"), meta: { level: 1 } },
      {
        path: "/lines/:line",
        name: "line",
        component: () => import("./pages/line/LinePage.vue"),
        props: true,
        meta: { level: 2 },
      },
      {
        path: "/lines/:line/trend",
        name: "trend",
        component: () => import("./pages/trend/TrendPage.vue"),
        props: true,
        meta: { level: 3 },
      },
      {
        path: "/lines/:line/equipment/:equipment",
        name: "equipment",
        component: () => import("./pages/equipment/EquipmentPage.vue"),
        props: true,
        meta: { level: 3 },
      },
      { path: "/alarms", name: "alarms", component: () => import("./pages/alarms/AlarmsPage.vue"), meta: { level: 1 } },
      {
        path: "/alarms/journal",
        name: "journal",
        component: () => import("./pages/alarms/JournalPage.vue"),
        meta: { level: 3 },
      },
      {
        path: "/alarms/performance",
        name: "alarmPerformance",
        component: () => import("./pages/alarms/PerformancePage.vue"),
        meta: { level: 3 },
      },
      {
        path: "/system",
        name: "system",
        component: () => import("./pages/system/SystemPage.vue"),
        meta: { level: 4 },
      },
      {
        path: "/assessment/:period?",
        name: "assessment",
        component: () => import("./pages/assessment/AssessmentPage.vue"),
        props: true,
        meta: { level: 1 },
      },
      { path: "/green", name: "green", component: () => import("./pages/green/GreenPage.vue"), meta: { level: 2 } },
      {
        path: "/utilisation",
        name: "utilisation",
        component: () => import("./pages/utilisation/UtilisationPage.vue"),
        meta: { level: 2 },
      },
      { path: "/runs", name: "runs", component: () => import("./pages/use/RunsPage.vue"), meta: { level: 3 } },
      { path: "/usage", name: "usage", component: () => import("./pages/use/UsagePage.vue"), meta: { level: 3 } },
      { path: "/tenants", name: "tenants", component: () => import("./pages/use/TenantsPage.vue"), meta: { level: 3 } },
      {
        path: "/declared",
        name: "declared",
        component: () => import("./pages/use/DeclaredPage.vue"),
        meta: { level: 3 },
      },
      { path: "/states", name: "states", component: () => import("./pages/use/StatesPage.vue"), meta: { level: 3 } },
      { path: "/setup", name: "setup", component: () => import("./pages/setup/SetupPage.vue"), meta: { level: 4 } },
      { path: "/users", name: "users", component: () => import("./pages/users/UsersPage.vue"), meta: { level: 4 } },
      { path: "/:rest(.*)*", name: "missing", component: () => import("./pages/missing/MissingPage.vue") },
    ],
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  });
  // A page on a wall stays one whatever link it follows.
  router.beforeEach((to, { query: { kiosk } }) => {
    const goesOn = kioskModeOf(kiosk) !== null && to.query.kiosk === undefined && !to.meta.open;
    return goesOn ? { ...to, query: { ...to.query, kiosk } } : true;
  });
  router.beforeEach(async (to) => {
    const state = session.state.value.kind === "unknown" ? await session.load().catch(() => null) : session.state.value;
    const signedIn = state?.kind === "user";
    if (to.meta.open) return signedIn ? { name: "overview" } : true;
    return signedIn ? true : { name: "login", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
  });
  return router;
}
