"""The recorder for a mitmproxy of your own: ``mitmdump -s conformance/proxy/addon.py --set meetproof_out=DIR``.

mitmproxy runs a script without making it a module, so all it does is name the addons.
"""

from conformance.proxy.recorder import Recorder
from conformance.proxy.views import Views

addons = [Recorder(), Views()]
