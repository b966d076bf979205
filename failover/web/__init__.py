"""What a browser sees: pages, forms and the words on them.

Views are thin doors: role, form, one call of `services`, one template. Nothing here
writes to a model or talks to EC2.
"""
