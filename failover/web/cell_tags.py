"""The cells of tables as templates ask for them."""

from django import template

from failover.web.presenters import drawing

register = template.Library()
# What stands in it, as HTML; the control of a swap is a template of its own.
register.filter("drawn", drawing.draw)
