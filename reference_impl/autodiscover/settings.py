"""The settings that GetUserSettings and GetDomainSettings are asked for ([MS-OXWSADISC], Setting)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from reference_impl.autodiscover.account import DEPLOYMENT, Account

Value = Callable[[Account], str]


def _schemas(account: Account) -> str:
    """Those of released products: the dated ones are not in this list."""
    return ", ".join(name for name in account.service.schemas if name.startswith("Exchange"))


USER: Final[Mapping[str, Value]] = {
    "UserDisplayName": lambda account: account.mailbox.person.name,
    "UserDN": lambda account: account.user_dn,
    "UserDeploymentId": lambda _: DEPLOYMENT,
    "InternalMailboxServer": lambda account: account.server,
    "InternalRpcClientServer": lambda account: account.server,
    "InternalMailboxServerDN": lambda account: account.server_dn,
    "InternalEwsUrl": lambda account: account.ews_url,
    "MailboxDN": lambda account: account.database_dn,
    "ActiveDirectoryServer": lambda account: account.server,
    "ExternalMailboxServer": lambda account: account.server,
    "ExternalMailboxServerRequiresSSL": lambda account: str(account.is_https),
    "ExternalMailboxServerAuthenticationMethods": lambda account: account.service.auth_package,
    "ExternalEwsUrl": lambda account: account.ews_url,
    "CrossOrganizationSharingEnabled": lambda _: "False",
    "CasVersion": lambda account: account.service.version,
    "EwsSupportedSchemas": _schemas,
    "ShowGalAsDefaultView": lambda _: "True",
    "AutoDiscoverSMTPAddress": lambda account: account.mailbox.address,
    "ExternalEwsVersion": lambda account: account.service.version,
    "UserMSOnline": lambda _: "False",
    "MapiHttpEnabled": lambda _: "False",
}
"""What this server has, by name."""

UNAVAILABLE: Final = frozenset(
    {
        "AlternateMailboxes",
        "EcpDeliveryReportUrlFragment",
        "EcpEmailSubscriptionsUrlFragment",
        "EcpExtensionInstallationUrlFragment",
        "EcpPublishingUrlFragment",
        "EcpRetentionPolicyTagsUrlFragment",
        "EcpTextMessagingUrlFragment",
        "EcpVoicemailUrlFragment",
        "EwsPartnerUrl",
        "ExchangeRpcUrl",
        "ExternalEcpDeliveryReportUrl",
        "ExternalEcpEmailSubscriptionsUrl",
        "ExternalEcpPublishingUrl",
        "ExternalEcpRetentionPolicyTagsUrl",
        "ExternalEcpTextMessagingUrl",
        "ExternalEcpUrl",
        "ExternalEcpVoicemailUrl",
        "ExternalImap4Connections",
        "ExternalOABUrl",
        "ExternalPhotosUrl",
        "ExternalPop3Connections",
        "ExternalServerExclusiveConnect",
        "ExternalSmtpConnections",
        "ExternalUMUrl",
        "ExternalWebClientUrls",
        "GroupingInformation",
        "InternalEcpDeliveryReportUrl",
        "InternalEcpEmailSubscriptionsUrl",
        "InternalEcpPublishingUrl",
        "InternalEcpRetentionPolicyTagsUrl",
        "InternalEcpTextMessagingUrl",
        "InternalEcpUrl",
        "InternalEcpVoicemailUrl",
        "InternalImap4Connections",
        "InternalOABUrl",
        "InternalPhotosUrl",
        "InternalPop3Connections",
        "InternalServerExclusiveConnect",
        "InternalSmtpConnections",
        "InternalUMUrl",
        "InternalWebClientUrls",
        "InteropExternalEwsUrl",
        "InteropExternalEwsVersion",
        "MobileMailboxPolicyInterop",
        "PublicFolderInformation",
        "PublicFolderServer",
    }
)
"""Settings that are known, and of services that this server does not have."""
