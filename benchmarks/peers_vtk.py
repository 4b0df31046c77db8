"""vtk as a peer: the checks of a scan and its picture."""

from typing import Any

import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray, vtk_to_numpy

WIDTH, HEIGHT, SAMPLES = 512, 384, 2
vtk.vtkObject.GlobalWarningDisplayOff()


def vtk_mesh(points: Any, triangles: Any) -> Any:
    """Points (n, 3) and triangles (m, 3) as vtk's mesh."""
    mesh, cells, places = vtk.vtkPolyData(), vtk.vtkCellArray(), vtk.vtkPoints()
    places.SetData(numpy_to_vtk(np.ascontiguousarray(points, np.float32), deep=True))
    offsets = np.arange(0, 3 * len(triangles) + 1, 3, dtype=np.int64)
    corners = np.ascontiguousarray(triangles, np.int64).ravel()
    cells.SetData(numpy_to_vtkIdTypeArray(offsets, deep=True), numpy_to_vtkIdTypeArray(corners, deep=True))
    mesh.SetPoints(places)
    mesh.SetPolys(cells)
    return mesh


def _edges(mesh: Any, kind: str) -> Any:
    edges = vtk.vtkFeatureEdges()
    edges.SetInputData(mesh)
    edges.FeatureEdgesOff()
    edges.ManifoldEdgesOff()
    edges.BoundaryEdgesOff()
    edges.NonManifoldEdgesOff()
    edges.ColoringOff()
    getattr(edges, f"{kind}EdgesOn")()
    edges.Update()
    return edges.GetOutput()


def _pieces(mesh: Any) -> int:
    pieces = vtk.vtkPolyDataConnectivityFilter()
    pieces.SetInputData(mesh)
    pieces.SetExtractionModeToAllRegions()
    pieces.Update()
    return int(pieces.GetNumberOfExtractedRegions())


def vtk_check(mesh: Any, points: Any, triangles: Any) -> dict[str, Any]:
    """Borders, non-manifold edges, winding, pieces, duplicates, zero areas, area, volume and box."""
    border = _edges(mesh, "Boundary")
    mass = vtk.vtkMassProperties()
    mass.SetInputData(mesh)
    mass.Update()
    # For winding, duplicates and areas vtk has nothing that only looks; numpy does it fastest.
    wide = np.asarray(triangles, np.int64)
    ways = np.concatenate(
        [wide[:, 0] << 32 | wide[:, 1], wide[:, 1] << 32 | wide[:, 2], wide[:, 2] << 32 | wide[:, 0]]
    )
    ways.sort()
    ordered = np.sort(wide, axis=1)
    keys = (ordered[:, 0] << 42) | (ordered[:, 1] << 21) | ordered[:, 2]
    keys.sort()
    corners = points[triangles]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return {
        "borders": _pieces(border),
        "non_manifold": int(_edges(mesh, "NonManifold").GetNumberOfCells()),
        "winding": int((ways[1:] == ways[:-1]).sum()),
        "pieces": _pieces(mesh),
        "duplicates": int((keys[1:] == keys[:-1]).sum()),
        "zero_area": int((areas == 0).sum()),
        "area": float(mass.GetSurfaceArea()),
        "volume": float(mass.GetVolume()),
        "box": list(mesh.GetBounds()),
    }


def vtk_picture(points: Any, triangles: Any) -> Any:
    """(384, 512, 3) uint8: smooth normals, drawn twice as large and halved."""
    normals = vtk.vtkPolyDataNormals()
    normals.SetInputData(vtk_mesh(points, triangles))
    normals.SplittingOff()
    normals.ConsistencyOff()
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputConnection(normals.GetOutputPort())
    actor, renderer, window = vtk.vtkActor(), vtk.vtkRenderer(), vtk.vtkRenderWindow()
    actor.SetMapper(mapper)
    renderer.AddActor(actor)
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetSize(WIDTH * SAMPLES, HEIGHT * SAMPLES)
    window.AddRenderer(renderer)
    camera = renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    camera.SetPosition(0, 0, 1)
    camera.SetFocalPoint(0, 0, 0)
    camera.SetViewUp(0, 1, 0)
    renderer.ResetCamera()
    window.Render()
    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.ReadFrontBufferOff()
    grab.Update()
    pixels = vtk_to_numpy(grab.GetOutput().GetPointData().GetScalars())
    window.Finalize()
    fine = pixels.reshape(HEIGHT, SAMPLES, WIDTH, SAMPLES, -1)
    return np.ascontiguousarray(fine.mean(axis=(1, 3)).astype(np.uint8)[::-1])
