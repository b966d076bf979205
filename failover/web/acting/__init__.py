"""Pages of the EC2 actions: one form each, which works without JavaScript.

A page reads its form, calls one verb of `services.acts` or `services.interfaces`, and
leads to the object's page; refused, it stays, with all that was typed. No rule of EC2
lives here.
"""
