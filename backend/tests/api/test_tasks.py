async def test_smoke(ana):
    task = await ana.create_task(title="x")
    assert (await ana.get(f"/tasks/{task['id']}")).json() == task
