import example_worker_tasks
import pytest


@pytest.mark.novantic(plugins=["webform", "print_queue"], extra_plugins={"print_queue": example_worker_tasks})
def test_the_site_knows_the_task(novantic_app):
    ((plugin, task),) = novantic_app.site.tasks
    assert (plugin.name, task.name, task.alone) == ("print_queue", "watch", True)
