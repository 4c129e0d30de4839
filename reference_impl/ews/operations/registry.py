"""The operations by the name of their request element."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final

from reference_impl.ews.call import Call
from reference_impl.ews.operations.answers import Refused
from reference_impl.ews.operations.convert_id import convert_id
from reference_impl.ews.operations.create_attachment import create_attachment
from reference_impl.ews.operations.create_folder import create_folder
from reference_impl.ews.operations.create_item import create_item
from reference_impl.ews.operations.delegates import (
    add_delegate,
    get_delegate,
    remove_delegate,
    update_delegate,
)
from reference_impl.ews.operations.delete_attachment import delete_attachment
from reference_impl.ews.operations.delete_folder import delete_folder
from reference_impl.ews.operations.delete_item import delete_item
from reference_impl.ews.operations.expand_dl import expand_dl
from reference_impl.ews.operations.find_folder import find_folder
from reference_impl.ews.operations.find_item import find_item
from reference_impl.ews.operations.get_attachment import get_attachment
from reference_impl.ews.operations.get_events import get_events
from reference_impl.ews.operations.get_folder import get_folder
from reference_impl.ews.operations.get_item import get_item
from reference_impl.ews.operations.get_reminders import get_reminders
from reference_impl.ews.operations.get_server_time_zones import get_server_time_zones
from reference_impl.ews.operations.get_service_configuration import get_service_configuration
from reference_impl.ews.operations.get_streaming_events import get_streaming_events
from reference_impl.ews.operations.get_user_availability import get_user_availability
from reference_impl.ews.operations.get_user_configuration import get_user_configuration
from reference_impl.ews.operations.get_user_photo import get_user_photo
from reference_impl.ews.operations.move_and_copy_item import copy_item, move_item
from reference_impl.ews.operations.move_folder import move_folder
from reference_impl.ews.operations.oof_settings import get_user_oof_settings, set_user_oof_settings
from reference_impl.ews.operations.perform_reminder_action import perform_reminder_action
from reference_impl.ews.operations.resolve_names import resolve_names
from reference_impl.ews.operations.room_lists import get_room_lists, get_rooms
from reference_impl.ews.operations.send_item import send_item
from reference_impl.ews.operations.subscribe import subscribe, unsubscribe
from reference_impl.ews.operations.sync_folder_hierarchy import sync_folder_hierarchy
from reference_impl.ews.operations.sync_folder_items import sync_folder_items
from reference_impl.ews.operations.update_folder import update_folder
from reference_impl.ews.operations.update_item import update_item
from reference_impl.ews.tree import Element

Operation = Callable[[Element, Call], str | Refused | AsyncGenerator[str, None]]
"""(the request element, the call) -> the inside of the Body, or of several in turn; raises SoapFault."""

OPERATIONS: Final[Mapping[str, Operation]] = {
    "AddDelegate": add_delegate,
    "ConvertId": convert_id,
    "CopyItem": copy_item,
    "CreateAttachment": create_attachment,
    "CreateFolder": create_folder,
    "CreateItem": create_item,
    "DeleteAttachment": delete_attachment,
    "DeleteFolder": delete_folder,
    "DeleteItem": delete_item,
    "ExpandDL": expand_dl,
    "FindFolder": find_folder,
    "FindItem": find_item,
    "GetAttachment": get_attachment,
    "GetDelegate": get_delegate,
    "GetEvents": get_events,
    "GetFolder": get_folder,
    "GetItem": get_item,
    "GetReminders": get_reminders,
    "GetRoomLists": get_room_lists,
    "GetRooms": get_rooms,
    "GetServerTimeZones": get_server_time_zones,
    "GetStreamingEvents": get_streaming_events,
    "GetServiceConfiguration": get_service_configuration,
    "GetUserAvailabilityRequest": get_user_availability,
    "GetUserConfiguration": get_user_configuration,
    "GetUserOofSettingsRequest": get_user_oof_settings,
    "GetUserPhoto": get_user_photo,
    "MoveFolder": move_folder,
    "MoveItem": move_item,
    "PerformReminderAction": perform_reminder_action,
    "RemoveDelegate": remove_delegate,
    "ResolveNames": resolve_names,
    "SetUserOofSettingsRequest": set_user_oof_settings,
    "SendItem": send_item,
    "Subscribe": subscribe,
    "SyncFolderHierarchy": sync_folder_hierarchy,
    "SyncFolderItems": sync_folder_items,
    "Unsubscribe": unsubscribe,
    "UpdateDelegate": update_delegate,
    "UpdateFolder": update_folder,
    "UpdateItem": update_item,
}
