"""Who may ask for what, as agreed: a new route needs a line here too, where it is looked at."""

TABLE = {
    # the portal
    "home": "everybody",
    "search": "everybody",
    "language": "everybody",
    "new_ticket": "everybody",
    "ticket_opened": "everybody",
    "ticket_status": "everybody",
    "access": "everybody",
    "access_renew": "everybody",
    "logout": "everybody",
    "kb": "everybody",
    "kb_article": "everybody",
    # one ticket, for whoever came by its link
    "ticket": "requester",
    "ticket_close": "requester",
    "ticket_replies": "requester",
    # the view itself asks whether this browser may see the file's ticket
    "attachment": "everybody",
    # the back office
    "admin": "technician",
    "admin_account": "technician",
    "admin_audit": "administrator",
    "admin_canned_replies": "technician",
    "admin_categories": "administrator",
    "admin_contacts": "technician",
    "admin_deliveries": "administrator",
    "admin_figures_csv": "technician",
    "admin_login": "everybody",
    "admin_logout": "technician",
    "admin_organisations": "technician",
    "admin_plugins": "administrator",
    "admin_shortcuts": "technician",
    "admin_settings": "administrator",
    "admin_technicians": "administrator",
    "admin_themes": "administrator",
    "admin_ticket": "technician",
    "admin_ticket_time": "technician",
    "admin_ticket_time_entry": "technician",
    "admin_ticket_time_remove": "technician",
    "admin_tickets": "technician",
    "admin_time": "technician",
    "admin_time_csv": "technician",
    "admin_time_sheet": "technician",
    "admin_time_sheet_csv": "technician",
    # by a link that works once
    "admin_setup": "everybody",
    # what any page needs, and what watches over the site
    "asset": "everybody",
    "favicon": "everybody",
    "healthz": "everybody",
    "readyz": "everybody",
    # development only
    "dev_mail": "everybody",
    "dev_mail_html": "everybody",
    "dev_mailbox": "everybody",
}
