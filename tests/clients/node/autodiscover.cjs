// Where a mailbox's services are, asked of the Autodiscover service beside them.
const {
  AutodiscoverErrorCode, AutodiscoverService, ExchangeService, ExchangeVersion, Uri, UserSettingName, WebCredentials,
  WellKnownFolderName, CalendarFolder, TimeZoneInfo,
  address, password, tell, url,
} = require("./mailboxes.cjs");

tell(async () => {
  const place = new Uri(url.replace("/EWS/Exchange.asmx", "/autodiscover/autodiscover.svc"));
  const service = new AutodiscoverService(place, ExchangeVersion.Exchange2013);
  service.Credentials = new WebCredentials(address("organizer0"), password);
  const wanted = [UserSettingName.ExternalEwsUrl, UserSettingName.UserDisplayName, UserSettingName.AutoDiscoverSMTPAddress];
  const people = [address("attendee0"), address("nobody")];
  const found = await service.GetUsersSettings(people, ...wanted);
  const [known, unknown] = found.Responses;

  const told = known.Settings.get(UserSettingName.ExternalEwsUrl);
  const exchange = new ExchangeService(ExchangeVersion.Exchange2013_SP1, TimeZoneInfo.Utc);
  exchange.Url = new Uri(told);
  exchange.Credentials = new WebCredentials(address("attendee0"), password);
  const calendar = await CalendarFolder.Bind(exchange, WellKnownFolderName.Calendar);
  return {
    settings: wanted.map((name) => known.Settings.get(name)),
    unknown: AutodiscoverErrorCode[unknown.ErrorCode],
    calendar: calendar.DisplayName,
  };
});
