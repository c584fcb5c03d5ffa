# The command line's own objects.
plexus_link_rooms(unit-tools-plexus plx_cli)
