"""The cells of tables as templates ask for them."""

from django import template

from failover.web.presenters import drawing, hrefs

register = template.Library()
# What stands in it, as HTML; the control of a swap is a template of its own.
register.filter("drawn", drawing.draw)
# `{% network_page "vpc" id as href %}`: empty where it has no page for the reader.
register.simple_tag(hrefs.network_page)
