// msal-node obtains tokens for a person by a password and by a device's code, and for an application by its secret.
const { ConfidentialClientApplication, PublicClientApplication } = require("@azure/msal-node");
const { authority, code, live, openedWith, password } = require("./graph.cjs");

const scope = "https://graph.microsoft.com/.default";
const origin = new URL(authority).origin;
const auth = { authority, knownAuthorities: [new URL(authority).host] };

/** Enter a device's code, as its user does in a browser. */
async function enter(device) {
  const page = await (await fetch(device.verificationUri)).text();
  const action = page.match(/<form method="post" action="([^"]*)"/)[1];
  const form = { user_code: device.userCode, username: "AlexW@contoso.com", password, answer: "accept" };
  await fetch(new URL(action, origin), { method: "POST", body: new URLSearchParams(form) });
}

live(async () => {
  const seen = {};
  const phone = new PublicClientApplication({ auth: { ...auth, clientId: "phone" } });
  const named = await phone.acquireTokenByUsernamePassword({
    scopes: ["User.Read"],
    username: "AlexW@contoso.com",
    password,
  });
  seen.account = named.account.username;
  seen.me = (await openedWith(named.accessToken).api("/me").get()).displayName;
  const silent = await phone.acquireTokenSilent({ account: named.account, scopes: ["User.Read"], forceRefresh: true });
  seen.refreshed = silent.accessToken !== named.accessToken;
  let entered;
  const device = await phone.acquireTokenByDeviceCode({
    scopes: ["User.Read"],
    deviceCodeCallback: (told) => (entered = enter(told)),
  });
  await entered;
  seen.device = (await openedWith(device.accessToken).api("/me").get()).mail;
  const robot = new ConfidentialClientApplication({ auth: { ...auth, clientId: "robot", clientSecret: "s3cret" } });
  const client = openedWith((await robot.acquireTokenByClientCredential({ scopes: [scope] })).accessToken);
  seen.robot = [
    (await client.api("/users/AlexW@contoso.com/events").get()).value.length,
    await code(client.api("/users/AlexW@contoso.com/messages").get()),
    await code(client.api("/me/events").get()),
  ];
  return seen;
});
